"""What runs inside of a sandbox, and all of the grader that is seen there: no expected value, no mark.

It imports nothing of the other rooms, which are not there.
"""
