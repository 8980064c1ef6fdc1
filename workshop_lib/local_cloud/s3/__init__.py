"""What S3 reads, checks and serves by itself, around the objects that moto holds."""
