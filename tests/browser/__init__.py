"""The portal in a real browser: Debian's Chromium, driven by Playwright.

Nothing is left to trust: every window notes what its page complains of, whom it asks, and what
axe-core (beside this file, MPL 2.0) finds against WCAG 2.2 AA. Without Chromium the tests are left
out, and the end of the run says so.
"""
