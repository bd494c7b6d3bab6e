"""The colour of whoever hosts the portal: links, focus and mark in its hue."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# Its lightness is ours, so that any colour can be read on our light and dark grounds. A browser
# that cannot do that keeps the colours of portal.css.
_SHEET = """\
@supports (color: oklch(from red l c h)) {{
  @layer base {{
    :root {{
      --own: light-dark(
        oklch(from {colour} 0.45 min(c, 0.15) h),
        oklch(from {colour} 0.8 min(c, 0.12) h)
      );
      --link: var(--own);
      --focus: var(--own);
      --mark: var(--own);
    }}
  }}
}}
"""


@require_safe
@cache_control(public=True, max_age=600)
def sheet(request: HttpRequest) -> HttpResponse:
    """The style sheet of `PRODUCT_COLOUR`; without one there is none, and no page asks for it."""
    if not settings.PRODUCT_COLOUR:
        raise Http404
    return HttpResponse(_SHEET.format(colour=settings.PRODUCT_COLOUR), content_type="text/css")
