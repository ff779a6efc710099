"""A sample class whose every mark is known, through the whole loop."""
