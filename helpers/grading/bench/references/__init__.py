"""What `course bench reference` times: each module has a work twice, by our reference and by PyTorch."""
