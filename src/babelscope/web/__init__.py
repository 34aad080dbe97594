"""The dashboard: pages for people, an API for programs. Readers write only wishes for translations and corrections."""
