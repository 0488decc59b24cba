"""What a user brings: functions, laws, simulators and source code held against claims."""
