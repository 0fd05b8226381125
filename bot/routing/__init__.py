"""Pure. Requests, answers, tables, and the partition of request space into regions."""
