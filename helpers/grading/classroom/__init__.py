"""The whole way of a class: run what has to be run, enter marks, write feedback, return the table."""
