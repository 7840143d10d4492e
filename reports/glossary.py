"""Words that a reader may not have met, explained in a sentence each."""

from __future__ import annotations

TERMS: tuple[tuple[str, str], ...] = (
    ("afu", "Arbitrary fluorescence units: how brightly a spot shines. They compare samples on the "
     "same kind of array; they are not a concentration."),
    ("Array", "The set of spots that one serum sample was put on. Several arrays share a slide."),
    ("Batch", "Slides that were processed together. A batch is released or held as a whole."),
    ("BH", "Benjamini–Hochberg adjustment. With 80 tests some p-values are small by luck; among "
     "targets with an adjusted p below 0.05, about one in twenty at most is expected to be a "
     "false alarm."),
    ("CI", "Confidence interval. If the study were repeated many times, 95 % of such intervals "
     "would hold the true value. A wide interval means that little is known."),
    ("CV", "Coefficient of variation: how much the duplicate spots of a target differ, as a share "
     "of their mean."),
    ("Fold change", "Ratio of two typical levels. +2.00 means twice as high, −2.00 means half as "
     "high; there is nothing between −1 and +1."),
    ("Gate", "A list of written rules that a batch must pass before it enters any table or test."),
    ("Generation", "One complete published state of the warehouse, with its own number and hash."),
    ("Hit", "A target that satisfies the rule of the plan."),
    ("Limit of detection", "The signal below which a spot cannot be told from an empty one. Values "
     "below it are kept and marked."),
    ("log2", "Logarithm to base 2: one step up is a doubling. Tests are made on this scale."),
    ("Minimal important difference", "The smallest change of a score that patients notice as a "
     "change for the better."),
    ("p-value", "How often chance alone would produce a difference at least as large, if there "
     "were none. It is not the probability that the finding is wrong."),
    ("Permuted labels", "The group labels are shuffled many times and the whole rule is applied "
     "again each time: the number of hits it then finds is what chance alone gives."),
    ("Quarantine", "Rows with impossible values are set aside, counted and named, never "
     "corrected in silence."),
    ("SD", "Standard deviation: how far single values lie from their mean."),
    ("SHA-256", "A fingerprint of a file: one changed byte gives another fingerprint."),
    ("Target", "What one kind of spot on the array catches: a protein, or a few closely related "
     "ones."),
    ("VAS", "Visual analogue scale: the patient marks the pain on a line from none to worst."),
)  # fmt: skip
