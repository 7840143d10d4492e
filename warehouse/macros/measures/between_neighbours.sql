{# Value at a place between two neighbours of a sorted row, on the straight line between them;
   the whole part of the place is the lower neighbour's rank. #}
{% macro between_neighbours(lower_value, upper_value, place) -%}
    {{ lower_value }}
    + ({{ upper_value }} - {{ lower_value }}) * ({{ place }} - floor({{ place }}))
{%- endmacro %}
