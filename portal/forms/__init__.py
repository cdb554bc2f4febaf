"""Form editions in the browser: copied, edited while they are drafts, compared, published."""

from portal.forms import edit_views, import_views, publication_views
from portal.forms.views import bp

__all__ = ["bp", "edit_views", "import_views", "publication_views"]
