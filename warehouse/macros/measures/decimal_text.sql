{# A number as it is printed in a sentence, with two decimals: 1.238 becomes 1.24. #}
{% macro decimal_text(number) -%}
    cast(cast(round({{ number }}, 2) as decimal(9, 2)) as string)
{%- endmacro %}
