"""What a user says: assumptions and the workload."""
