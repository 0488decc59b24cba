"""The commands behind the command line, and how they speak on a terminal."""
