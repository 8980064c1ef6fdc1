"""What the cloud has acknowledged outlives its process: a journal of changes over a snapshot."""
