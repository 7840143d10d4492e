{# log2 of a positive finite number, else null: log2(0), log2(-1) and log2(1/0) must
   never become -inf, nan or inf in a column that others average. #}
{% macro safe_log2(number) -%}
    case
        when {{ number }} > 0 and {{ number }} < cast('infinity' as double)
            then log2({{ number }})
    end
{%- endmacro %}
