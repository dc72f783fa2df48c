"""How good and how safe the coach's answers are: cases, subjects, checks, and a table of them."""
