"""What students hand in: find it, choose what is meant, and rebuild it from the release, trusting nothing."""
