"""Claims as source code in other languages."""
