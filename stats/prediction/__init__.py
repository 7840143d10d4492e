"""Prediction of a yes/no outcome from baseline levels, judged without looking at what it saw."""
