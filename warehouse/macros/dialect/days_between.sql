{# Whole days from one date to another, negative when the second is earlier. #}
{% macro days_between(first_day, second_day) -%}
    {{ adapter.dispatch('days_between', 'cytomart')(first_day, second_day) }}
{%- endmacro %}

{% macro default__days_between(first_day, second_day) -%}
    datediff(day, {{ first_day }}, {{ second_day }})
{%- endmacro %}

{% macro duckdb__days_between(first_day, second_day) -%}
    date_diff('day', {{ first_day }}, {{ second_day }})
{%- endmacro %}
