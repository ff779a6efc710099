"""Who the people of a class are: what files say of them, whose a submission is, who handed in together."""
