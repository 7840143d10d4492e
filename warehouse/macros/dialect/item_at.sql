{# The item of a list at a place, counted from 0; null behind its end. #}
{% macro item_at(items, place) -%}
    {{ adapter.dispatch('item_at', 'cytomart')(items, place) }}
{%- endmacro %}

{% macro default__item_at(items, place) -%}
    get({{ items }}, cast({{ place }} as int))
{%- endmacro %}

{% macro duckdb__item_at(items, place) -%}
    {{ items }}[{{ place }} + 1]
{%- endmacro %}
