{# A share as it is printed in a table: 0.32836 becomes 32.84. #}
{% macro percent_text(share) -%}
    {{ decimal_text('100 * ' ~ share) }}
{%- endmacro %}
