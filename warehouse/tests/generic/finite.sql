{# No infinity and no nan: log2(0), log2(-1) and 1/0 give them without an error. Nulls are fine. #}
{% test finite(model, columns) %}

select {{ columns | join(', ') }}
from {{ model }}
where
    {% for column in columns %}
        not (
            {{ column }} > cast('-infinity' as double)
            and {{ column }} < cast('infinity' as double)
        ) {% if not loop.last %}or{% endif %}
    {% endfor %}

{% endtest %}
