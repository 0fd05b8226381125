"""Edge: channels that are told of verdicts: who is told what and when, kept durably, sent by threads of their own."""
