"""Files to raw relations: shape only, no arithmetic, nothing lost in silence."""
