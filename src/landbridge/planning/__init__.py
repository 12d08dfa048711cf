"""What is aimed at and how far it is: targets against what happened, and what past growth would bring."""
