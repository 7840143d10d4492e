"""How held-out predictions rank persons, and what acting on them would bring."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports import theme

#: Names of the marks in the drawing.
RANKING, BENEFIT = "roc_points", "benefit_points"
_SIZE = 230


def prediction_curves(curves: pd.DataFrame) -> alt.HConcatChart:
    """Return the ROC curve beside the net benefit of one model.

    Parameters
    ----------
    curves : DataFrame
        Columns curve (roc, net_benefit_model, net_benefit_everyone), point_number, x_value,
        y_value; the ROC curve is a step after each of its points.
    """
    return alt.hconcat(_ranking(curves[curves["curve"] == "roc"]), _benefit(curves), spacing=40)


def _ranking(roc: pd.DataFrame) -> alt.LayerChart:
    share = alt.Scale(domain=[0, 1])
    x = alt.X("x_value:Q", title="1 − specificity", scale=share, axis=alt.Axis(tickCount=5))
    y = alt.Y("y_value:Q", title="Sensitivity", scale=share, axis=alt.Axis(tickCount=5))
    coin = alt.Chart(pd.DataFrame({"x_value": [0.0, 1.0], "y_value": [0.0, 1.0]}))
    diagonal = coin.mark_line(
        color=theme.NEUTRAL, strokeDash=[5, 4], strokeWidth=1.3, aria=False
    ).encode(x=x, y=y)  # fmt: skip
    base = alt.Chart(roc).encode(x=x, y=y, order="point_number:Q")
    steps = base.mark_line(color=theme.LOWER, strokeWidth=2, interpolate="step-after", aria=False)
    points = base.mark_circle(color=theme.LOWER, size=18, opacity=0.8).encode(
        tooltip=[
            alt.Tooltip("x_value:Q", title="1 − specificity", format=".2f"),
            alt.Tooltip("y_value:Q", title="Sensitivity", format=".2f"),
        ]
    ).properties(name=RANKING)  # fmt: skip
    return alt.layer(diagonal, steps, points).properties(
        width=_SIZE, height=_SIZE, title="Who ranks above whom"
    )


def _benefit(curves: pd.DataFrame) -> alt.LayerChart:
    model = curves[curves["curve"] == "net_benefit_model"]
    everyone = curves[curves["curve"] == "net_benefit_everyone"]
    top = float(max(everyone["y_value"].max(), model["y_value"].max(), 0.02))
    # Acting on everyone falls without end; what lies far below nothing is not of interest.
    lowest = -top / 2
    model, everyone = (part[part["y_value"] >= lowest] for part in (model, everyone))
    y_scale = alt.Scale(domain=[lowest, top * 1.1], nice=False)
    x = alt.X("x_value:Q", title="Probability from which one would act",
              scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5))  # fmt: skip
    y = alt.Y("y_value:Q", title="Net benefit per person", scale=y_scale)
    nobody = alt.Chart(pd.DataFrame({"y_value": [0.0]})).mark_rule(
        color=theme.NEUTRAL, strokeWidth=1.3, aria=False
    ).encode(y=y)  # fmt: skip
    all_treated = alt.Chart(everyone).mark_line(
        color=theme.NEUTRAL, strokeDash=[5, 4], strokeWidth=1.5, aria=False
    ).encode(x=x, y=y)  # fmt: skip
    base = alt.Chart(model).encode(x=x, y=y)
    line = base.mark_line(color=theme.LOWER, strokeWidth=2, aria=False)
    points = base.mark_circle(color=theme.LOWER, size=18, opacity=0.8).encode(
        tooltip=[
            alt.Tooltip("x_value:Q", title="From a probability of", format=".2f"),
            alt.Tooltip("y_value:Q", title="Net benefit", format=".3f"),
        ]
    ).properties(name=BENEFIT)  # fmt: skip
    return alt.layer(nobody, all_treated, line, points).properties(
        width=_SIZE, height=_SIZE, title="What acting on it would bring"
    )
