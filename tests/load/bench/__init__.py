"""`make bench`: the Workout API beside the physical limit and beside what one would write instead, in one run."""
