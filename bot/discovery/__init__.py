"""Pure. Files -> what they hold, and which of them are deployed together."""
