"""Addresses of sign-in and team. allauth looks for its own names at the top, so only ours stand in a namespace.

Of allauth's views those that a practice needs are listed one by one, each with its access; there is no sign-up, no
reset by e-mail and no social account to reach.
"""

from django.urls import include, path

from cuspide.accounts import views
from cuspide.accounts.views import emergency, locking, own, own_passkeys, stations, team, who_may

_rooms = [
    path("", own.me, name="me"),
    path("sessions/end/", own.end_sessions, name="end_sessions"),
    path("sessions/end-one/", own.end_session, name="end_session"),
    path("sessions/end-others/", own.end_other_sessions, name="end_other_sessions"),
    path("passkeys/add/", own_passkeys.add, name="add_passkey"),
    path("passkeys/name/", own_passkeys.name, name="name_passkey"),
    path("passkeys/remove/", own_passkeys.remove, name="remove_passkey"),
    path("welcome/<uuid:uuid>/", own.welcome, name="welcome"),
    path("emergency/", emergency.open_access, name="open_emergency"),
    path("emergency/end/", emergency.end_access, name="end_emergency"),
    path("emergencies/", emergency.accesses, name="emergencies"),
    path("emergencies/<uuid:uuid>/", emergency.review, name="review_emergency"),
    path("rights/", who_may.who_may, name="who_may"),
    path("team/", team.index, name="team"),
    path("team/invite/", team.invite, name="invite"),
    path("team/second-factor/", team.factor_rules, name="factor_rules"),
    path("team/<uuid:uuid>/", team.person, name="person"),
    path("team/<uuid:uuid>/code/", team.renew_code, name="renew_code"),
    path("team/<uuid:uuid>/invitation/withdraw/", team.withdraw_invitation, name="withdraw_invitation"),
    path("team/<uuid:uuid>/invitation/mail/", team.mail_invitation, name="mail_invitation"),
    path("team/<uuid:uuid>/grant/", team.grant, name="grant"),
    path("team/<uuid:uuid>/revoke/", team.revoke, name="revoke"),
    path("team/<uuid:uuid>/practitioner/", team.say_practitioner, name="say_practitioner"),
    path("team/<uuid:uuid>/replacements/add/", team.add_replacement, name="add_replacement"),
    path("team/<uuid:uuid>/replacements/end/", team.end_replacement, name="end_replacement"),
    path("team/<uuid:uuid>/close/", team.deactivate, name="deactivate"),
    path("team/<uuid:uuid>/open/", team.reactivate, name="reactivate"),
    path("team/<uuid:uuid>/second-factor/remove/", team.remove_second_factor, name="remove_second_factor"),
    path("team/<uuid:uuid>/sessions/end/", team.end_sessions, name="end_sessions_of"),
    path("team/<uuid:uuid>/sessions/end-one/", team.end_session, name="end_session_of"),
    path("pin/", stations.pin, name="pin"),
    path("pin/remove/", stations.remove_pin, name="remove_pin"),
    path("workstation/", stations.this_one, name="station"),
    path("workstation/name/", stations.name_this_one, name="name_station"),
    path("workstations/", stations.index, name="stations"),
    path("workstations/<uuid:uuid>/", stations.edit, name="edit_station"),
    path("workstations/<uuid:uuid>/retire/", stations.retire, name="retire_station"),
    path("lock/", locking.lock, name="lock"),
    path("lock/panel/", locking.panel, name="lock_panel"),
    path("lock/state/", locking.state, name="lock_state"),
    path("lock/awake/", locking.awake, name="awake"),
    path("lock/open/", locking.unlock, name="unlock"),
    path("lock/passkey/<uuid:uuid>/", locking.passkey, name="unlock_passkey"),
    path("lock/somebody-else/", locking.somebody_else, name="somebody_else"),
]

urlpatterns = [
    path("", include((_rooms, "accounts"))),
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/passkey/", own_passkeys.sign_in, name="mfa_login_webauthn"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("confirm/", views.confirm_password, name="account_reauthenticate"),
    path("password/", views.change_password, name="account_change_password"),
    path("second-factor/", views.second_factor, name="mfa_authenticate"),
    path("second-factor/confirm/", views.confirm_second_factor, name="mfa_reauthenticate"),
    path("second-factor/app/", views.activate_app, name="mfa_activate_totp"),
    path("second-factor/app/remove/", views.remove_app, name="mfa_deactivate_totp"),
    path("second-factor/state/", own.to_me, name="mfa_index"),
    path("recovery-codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/codes.txt", views.recovery_codes_as_text, name="mfa_download_recovery_codes"),
    path("recovery-codes/new/", views.new_recovery_codes, name="mfa_generate_recovery_codes"),
]
