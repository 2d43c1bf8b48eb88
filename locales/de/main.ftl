# Navigation und überall gebrauchte Wörter
nav-home = Start
nav-requests = Zugangsanfragen
nav-organisation = Einstellungen der Organisation
nav-settings = Einstellungen
nav-waiting = Meine Anfragen
nav-main = Hauptmenü
nav-administration = Verwaltung
nav-you = Sie
nav-menu = Menü
nav-skip = Zum Inhalt
nav-customer = Kundennummer { $number }
nav-sign-out = Abmelden
cancel = Abbrechen
save = Speichern
to-signin = Zurück zur Anmeldung
form-pending = Einen Moment …
form-offline = Der Server hat nicht geantwortet. Es wurde nichts geändert; bitte versuchen Sie es noch einmal.

time-now = gerade eben
time-soon = in Kürze
time-minutes-past = { $n ->
    [one] vor 1 Minute
   *[other] vor { $n } Minuten
}
time-minutes-ahead = { $n ->
    [one] in 1 Minute
   *[other] in { $n } Minuten
}
time-hours-past = { $n ->
    [one] vor 1 Stunde
   *[other] vor { $n } Stunden
}
time-hours-ahead = { $n ->
    [one] in 1 Stunde
   *[other] in { $n } Stunden
}
time-days-past = { $n ->
    [one] vor 1 Tag
   *[other] vor { $n } Tagen
}
time-days-ahead = { $n ->
    [one] in 1 Tag
   *[other] in { $n } Tagen
}

# Felder
label-email = E-Mail-Adresse
label-new-email = Neue E-Mail-Adresse
label-password = Passwort
label-current-password = Bisheriges Passwort
label-new-password = Neues Passwort (mindestens 8 Zeichen)
label-code = Code aus Ihrer Authenticator-App oder ein Wiederherstellungscode
label-your-name = Ihr Name
label-organisation = Organisation
label-slug = Adresse der Organisation (Buchstaben, Ziffern, Bindestriche)
label-customer-number = Kundennummer
label-language = Sprache
label-time-zone = Zeitzone
label-theme = Darstellung
theme-system = Wie das System
theme-light = Hell
theme-dark = Dunkel

# Start und Anmeldung
home-title = Willkommen bei Anteroom
home-text = Hier entscheiden Organisationen, wer beitreten darf und was erreichbar ist. Melden Sie sich an, um Zugang anzufragen, eine Einladung anzunehmen oder zu entscheiden.
home-sign-in = Anmelden
home-welcome = Willkommen, { $name }
home-restricted = Ihr Zugang ist vorerst eingeschränkt.
home-restricted-text = Die Administration von { $organisation } weiß Bescheid und wird Ihnen Rechte zuweisen. Dieser Hinweis verschwindet von selbst.
home-requests = Sehen, wer beitreten möchte, und entscheiden
home-settings = Ihr Name, Ihre Sprache, Ihr Passwort und Ihre Sitzungen
signin-title = Anmelden
signin-button = Anmelden
signin-with = Weiter mit { $provider }
signin-or = oder mit Ihrem Passwort
signin-forgotten = Passwort vergessen?
code-title = Noch ein Schritt
code-text = Ihr Konto hat einen zweiten Faktor. Geben Sie den Code ein, den Ihre Authenticator-App jetzt zeigt, oder einen Ihrer Wiederherstellungscodes.
code-button = Weiter

# Neues Passwort
reset-title = Neues Passwort setzen
reset-text = Wir senden einen Link an die Adresse Ihres Kontos. Er gilt eine Stunde.
reset-button = Link senden
reset-set-title = Neues Passwort wählen
reset-set-text = Danach sind Sie überall abgemeldet und melden sich mit dem neuen Passwort an.
reset-set-button = Neues Passwort speichern
reset-again = Neuen Link anfordern

# Einrichtung
setup-title = Erste Organisation anlegen
setup-text = Sie verwalten sie als Erste oder Erster.
setup-button = Organisation anlegen
setup-dead = Bei jedem Start steht auf der Konsole des Servers ein neuer Link, bis es eine Organisation gibt.

# Einladungen
invitation-title = Einladung
invitation-heading = { $organisation } beitreten
invitation-text = { $inviter } lädt Sie zu { $organisation } ein.
invitation-for = Einladung für
invitation-until = Der Link gilt bis
invitation-accept = Einladung annehmen
invitation-accept-new = Konto anlegen und annehmen
invitation-new = Sie haben noch kein Konto. Wählen Sie einen Namen und ein Passwort.
invitation-known = Sie haben bereits ein Konto mit dieser Adresse. Melden Sie sich an und nehmen Sie dann an.
invitation-other = Sie sind als { $email } angemeldet, die Einladung gilt aber für eine andere Adresse.
invitation-switch = Abmelden und wechseln
invitation-go = Zu { $organisation }
invitation-ask = Bitten Sie { $inviter } von { $organisation } um eine neue Einladung.

# Neue Adresse
email-title = Neue Adresse bestätigen
email-text = Ab dann ist { $email } die Adresse Ihres Kontos. Auf Ihren anderen Geräten werden Sie abgemeldet.
email-button = Adresse bestätigen
email-again = Zurück zu den Einstellungen

# Beitritt anfragen
join-title = Beitritt zu { $org } anfragen
join-text = Ihre Anfrage geht an die Administration von { $org }. Falls es diese Organisation gibt, entscheidet sie, und Sie finden die Antwort unter „Meine Anfragen“.
join-as = Sie fragen als { $email } an.
join-message = Nachricht an die Administration (freiwillig)
join-button = Zugang anfragen
waiting-title = Meine Anfragen
waiting-text = Was Sie angefragt haben und was daraus wurde.
waiting-none = Sie haben noch nichts angefragt. Öffnen Sie dazu die Adresse der Organisation, die man Ihnen genannt hat; sie endet auf /join.
waiting-asked = Angefragt
waiting-member = Ihre Organisationen
waiting-withdraw = Zurückziehen
waiting-pending = Die Administration weiß Bescheid. Sie müssen jetzt nichts weiter tun.
waiting-approved = Sie sind eingeladen. Der Link steht in einem Brief an Ihre Adresse.
waiting-denied = Die Anfrage wurde abgelehnt. Sie dürfen erneut anfragen.
waiting-canceled = Die Anfrage wurde zurückgezogen.
waiting-expired = Niemand hat rechtzeitig entschieden. Sie dürfen erneut anfragen.
status-pending = Offen
status-approved = Eingeladen
status-denied = Abgelehnt
status-canceled = Zurückgezogen
status-expired = Abgelaufen

# Die Anfragenliste
queue-pending = { $n ->
    [0] Nichts ist offen
    [one] 1 offen
   *[other] { $n } offen
}
queue-email = Anfragende Person
queue-requested-at = Angefragt
queue-status = Status
queue-id = ID
queue-actions = Aktionen
queue-approve = Annehmen
queue-approve-title = Zugangsanfrage annehmen
queue-approve-text = An diese Adresse geht eine Einladung, mit der ein Konto bei { $organisation } angelegt werden kann. Es beginnt ohne Rechte.
queue-approve-press = Einladung senden
queue-reject = Ablehnen
queue-reject-title = Zugangsanfrage ablehnen
queue-reject-text = Damit kann kein Konto bei { $organisation } angelegt werden. Für diese Anfrage ist das endgültig.
queue-reject-press = Anfrage ablehnen
queue-decided = von { $by }, { $when }
queue-message = Nachricht
queue-no-message = Keine Nachricht
queue-history = Verlauf
queue-mails = Briefe
queue-copy = Link kopieren
queue-link = Geben Sie diesen Link der eingeladenen Person. Er wird nur jetzt gezeigt; der vorige Link gilt nicht mehr.
queue-as-page = Auf einer eigenen Seite entscheiden
queue-next = Ältere Anfragen
queue-no-mail = Es ist kein Mailserver eingerichtet. Briefe warten; öffnen Sie eine Anfrage, um ihren Einladungslink zu kopieren und selbst zu übergeben.
queue-empty = Noch keine Zugangsanfragen
queue-empty-text = Wenn jemand beitreten möchte, erscheint die Anfrage hier, und Sie bekommen einen Brief.
mail-queued = { $letter } an { $to }: vorgemerkt
mail-waits = { $letter } an { $to }: wartet auf einen Mailserver
mail-deferred = { $letter } an { $to }: noch nicht zugestellt, nächster Versuch { $when } ({ $why })
mail-sent = { $letter } an { $to }: gesendet { $when }
mail-failed = { $letter } an { $to }: nicht zustellbar ({ $why })
mail-dropped = { $letter } an { $to }: wird nicht mehr gesendet
event-by = von { $actor }
event-request-submitted = Eingereicht
event-request-approved = Angenommen
event-request-denied = Abgelehnt
event-request-canceled = Zurückgezogen
event-request-expired = Abgelaufen

# Einstellungen
settings-profile = Profil
settings-email = E-Mail-Adresse
settings-email-now = Ihre Adresse ist { $email }.
settings-email-unproven = Diese Adresse ist noch nicht bestätigt. Fordern Sie einen Link dorthin an und öffnen Sie ihn.
settings-email-text = Die neue Adresse gilt erst, wenn Sie den Link geöffnet haben, den wir dorthin senden. Die alte Adresse wird benachrichtigt.
settings-email-button = Link senden
settings-password = Passwort
settings-password-button = Passwort ändern
settings-providers = Sie können sich auch mit { $providers } anmelden.
settings-factor = Zweiter Faktor
settings-sessions = Wo Sie angemeldet sind
settings-session-begun = seit
settings-session-here = Diese Sitzung
settings-session-end = Beenden
settings-sessions-end = Alle anderen beenden
settings-security = Sicherheit
settings-demand = Für die Administration ist ein zweiter Faktor nötig
settings-demand-text = Wer hier Rechte und keinen zweiten Faktor hat, muss erst einen einrichten. Um dies einzuschalten, brauchen Sie selbst einen.
settings-join = Adresse für Menschen, die beitreten möchten
factor-text = Mit einem zweiten Faktor genügt ein gestohlenes Passwort nicht. Sie brauchen eine Authenticator-App.
factor-begin = Zweiten Faktor einrichten
factor-scan = Scannen Sie diesen Code mit Ihrer Authenticator-App und geben Sie dann den Code ein, den sie zeigt.
factor-qr = QR-Code für Ihre Authenticator-App
factor-type = Oder geben Sie diesen Schlüssel in die App ein:
factor-confirm = Einschalten
factor-is-on = Der zweite Faktor ist eingeschaltet
factor-left = { $n ->
    [one] Noch 1 Wiederherstellungscode
   *[other] Noch { $n } Wiederherstellungscodes
}
factor-end = Ausschalten
factor-codes = Bewahren Sie diese Wiederherstellungscodes sicher auf. Jeder gilt einmal, und sie werden nur jetzt gezeigt.
done-reset = Ihr neues Passwort ist gespeichert. Melden Sie sich damit an.
done-asked = Erledigt. Wenn die Adresse stimmt, ist unterwegs, worum Sie gebeten haben.
done-withdrawn = Die Anfrage wurde zurückgezogen.
done-profile = Gespeichert.
done-saved = Gespeichert.
done-password = Ihr Passwort wurde geändert. Alle anderen Sitzungen wurden beendet.
done-email = Wir haben einen Link an die neue Adresse gesendet. Bis Sie ihn öffnen, ändert sich nichts.
done-address = Ihre Adresse wurde geändert.
done-session = Beendet.
done-factor = Der zweite Faktor wurde geändert.

# Die Vorführung
demo-title = Dies ist eine Vorführung
demo-text = Sehen Sie sich als eine dieser Personen um. Nichts verlässt diesen Rechner.
demo-as-administrator = Als Administrator anmelden
demo-as-member = Als Mitglied ohne Rechte anmelden
demo-as-stranger = Als Fremder anmelden
demo-mailbox = Briefe, die gesendet worden wären
mailbox-title = Postfach der Vorführung
mailbox-text = Briefe, die ein echter Betrieb gesendet hätte, die neuesten zuerst.
mailbox-none = Noch keine Briefe.
