"""What it costs, and when: API bills, rentals, own hardware, schedules and break-even."""
