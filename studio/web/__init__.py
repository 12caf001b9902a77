"""What every page stands on: ids, headers, htmx answers, template tags. Knows no room."""
