"""What SNS and SQS refuse, and how SQS waits, where moto does not."""
