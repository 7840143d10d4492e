{# Height of a point in a volcano plot. A p-value that underflowed to 0 is drawn at 1e-300. #}
{% macro minus_log10(p_value) -%}
    -log10(case when {{ p_value }} < 1e-300 then 1e-300 else {{ p_value }} end)
{%- endmacro %}
