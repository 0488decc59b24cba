"""What a user describes: a TOML file read, checked and kept as frozen records with every number exact."""
