"""The practice itself: legal entities, sites, rooms, chairs, opening hours, practitioners. It knows no user."""
