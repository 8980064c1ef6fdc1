"""What DynamoDB takes, refuses and counts, where moto does not; the hooks call it."""
