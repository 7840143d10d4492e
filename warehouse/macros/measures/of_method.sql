{# One column of the rows of one method, where each group has at most one such row. #}
{% macro of_method(rows, method, column) -%}
    max(case when {{ rows }}.method = '{{ method }}' then {{ rows }}.{{ column }} end)
{%- endmacro %}
