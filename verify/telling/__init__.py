"""What a report writes: pages, figures, tables and papers; it renders records and recomputes nothing."""
