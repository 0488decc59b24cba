"""Every claim by another route: quadratures, chains, polynomials, exact moments."""
