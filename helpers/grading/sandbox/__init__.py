"""Where student code runs: bubblewrap around a worker, a bound on memory, and pools of workers."""
