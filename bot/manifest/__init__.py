"""Pure. YAML and JSON text as documents whose every node knows its exact place; safe, bounded and total."""
