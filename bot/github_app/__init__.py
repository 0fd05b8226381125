"""Edge: GitHub, from the delivery of a webhook to what is written back."""
