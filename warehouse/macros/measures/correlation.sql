{# Pearson's r of two whole numbers over the rows of a group, null without spread. Sums of whole
   numbers are exact, so that the order of rows changes no bit. #}
{% macro correlation(one, two) -%}
    (
        cast(count(*) * sum({{ one }} * {{ two }}) as double)
        - cast(sum({{ one }}) * sum({{ two }}) as double)
    ) / nullif(
        sqrt(cast(count(*) * sum({{ one }} * {{ one }}) - sum({{ one }}) * sum({{ one }}) as double))
        * sqrt(cast(count(*) * sum({{ two }} * {{ two }}) - sum({{ two }}) * sum({{ two }}) as double)),
        0e0
    )
{%- endmacro %}
