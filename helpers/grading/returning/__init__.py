"""What goes back: feedback pages, marks in a system's own file, the class report."""
