"""What bare scanner files show, within seconds, without any study file."""

from prepare.look.looking import Look, look

__all__ = ["Look", "look"]
