{# Each column between two bounds, both allowed; without `highest` only the lower one holds.
   Nulls are fine. #}
{% test within(model, columns, lowest=0, highest=none) %}

select {{ columns | join(', ') }}
from {{ model }}
where
    {% for column in columns %}
        {{ column }} < {{ lowest }}
        {% if highest is not none %}or {{ column }} > {{ highest }}{% endif %}
        {% if not loop.last %}or{% endif %}
    {% endfor %}

{% endtest %}
