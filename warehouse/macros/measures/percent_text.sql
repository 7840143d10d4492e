{# A share as it is printed in a table: 0.32836 becomes 32.84. #}
{% macro percent_text(share) -%}
    cast(cast(round(100 * {{ share }}, 2) as decimal(5, 2)) as string)
{%- endmacro %}
