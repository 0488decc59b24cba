"""What the theory says about one study, numbers put in."""
