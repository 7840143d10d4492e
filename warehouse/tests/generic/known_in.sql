{# Every combination of the columns stands in another relation under the same names. The
   built-in `relationships` compares one column, and an id is unique within its study only.
   Rows with a null among the columns are not looked up. #}
{% test known_in(model, columns, to) %}

select {{ columns | join(', ') }}
from {{ model }}
where
    {% for column in columns %}
        {{ column }} is not null and
    {% endfor %}
    not exists (
        select 1
        from {{ to }}
        where
            {% for column in columns %}
                {{ model }}.{{ column }} = {{ to }}.{{ column }}
                {% if not loop.last %}and{% endif %}
            {% endfor %}
    )

{% endtest %}
