"""How steps are done: on this machine, and in a container."""
